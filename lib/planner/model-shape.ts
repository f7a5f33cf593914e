/** Kinds of transformers whose size follows from their config. */
export enum ModelFamily {
  /** Llama and what is built like it: gated MLP, RMS norms, no biases, grouped keys and values. */
  DECODER = "decoder",
  /** BERT and what is built like it: plain MLP, layer norms, biases, learned positions. */
  ENCODER = "encoder",
}

/** The sizes of a transformer. */
export interface ModelShape {
  readonly family: ModelFamily;
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  /** Learned positions and token types; 0 with rotary positions. */
  readonly positions: number;
  /** Whether the output layer is the embedding. */
  readonly tied: boolean;
  /** Whether queries, keys and values of a decoder have biases, as in Qwen 2. */
  readonly attentionBias: boolean;
}

type Config = Readonly<Record<string, unknown>>;

interface Defaults {
  readonly family: ModelFamily;
  readonly values: Readonly<Record<string, number | boolean>>;
}

/** Sizes that may be left out. Source: huggingface/transformers v5 `models/{llama,bert}/configuration_*.py`, 2026. */
const LLAMA: Defaults = {
  family: ModelFamily.DECODER,
  values: {
    vocab_size: 32000,
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
  },
};
const BERT: Defaults = {
  family: ModelFamily.ENCODER,
  values: {
    vocab_size: 30522,
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    max_position_embeddings: 512,
    type_vocab_size: 2,
  },
};
const EXPLICIT: Readonly<Record<string, ModelFamily>> = {
  mistral: ModelFamily.DECODER,
  qwen2: ModelFamily.DECODER,
  qwen3: ModelFamily.DECODER,
  roberta: ModelFamily.ENCODER,
};

/**
 * The sizes of a model by its Hugging Face config.
 * @param config with `model_type`
 * @returns undefined where the type is not known here, or leaves out sizes whose defaults are not
 */
export function modelShape(config: Config): ModelShape | undefined {
  const type = String(config.model_type);
  const known = { llama: LLAMA, bert: BERT }[type];
  const family = known?.family ?? EXPLICIT[type];
  if (family === undefined) return undefined;
  const sizeOf = (name: string): number | undefined => positive(config[name] ?? known?.values[name]);
  const [hidden, intermediate] = [sizeOf("hidden_size"), sizeOf("intermediate_size")];
  const [layers, heads] = [sizeOf("num_hidden_layers"), sizeOf("num_attention_heads")];
  const vocabulary = sizeOf("vocab_size");
  if (!hidden || !intermediate || !layers || !heads || !vocabulary) return undefined;
  const isEncoder = family === ModelFamily.ENCODER;
  return {
    family,
    layers,
    hidden,
    intermediate,
    heads,
    keyValueHeads: sizeOf("num_key_value_heads") ?? heads,
    headSize: sizeOf("head_dim") ?? (type === "qwen3" ? 128 : hidden / heads),
    vocabulary,
    positions: isEncoder ? (sizeOf("max_position_embeddings") ?? 512) + (sizeOf("type_vocab_size") ?? 2) : 0,
    tied: isEncoder || config.tie_word_embeddings === true,
    attentionBias: type === "qwen2" || config.attention_bias === true,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** Parameters of the embeddings and of the output layer. */
export function embeddingParameters({ family, vocabulary, positions, hidden, tied }: ModelShape): number {
  const norm = family === ModelFamily.ENCODER ? 2 * hidden : 0;
  return (vocabulary + positions) * hidden + norm + (tied ? 0 : vocabulary * hidden);
}

/** Parameters of one layer. */
export function layerParameters(shape: ModelShape): number {
  const { family, hidden, intermediate, heads, keyValueHeads, headSize, attentionBias } = shape;
  const [queries, keys] = [heads * headSize, keyValueHeads * headSize];
  const attention = 2 * hidden * queries + 2 * hidden * keys;
  if (family === ModelFamily.DECODER) {
    const biases = attentionBias ? queries + 2 * keys : 0;
    return attention + biases + 3 * hidden * intermediate + 2 * hidden;
  }
  return attention + 4 * hidden + 2 * hidden * intermediate + intermediate + hidden + 4 * hidden;
}

/** Parameters of the whole model, without the small head of a classification. */
export function parameterCount(shape: ModelShape): number {
  const last = shape.family === ModelFamily.DECODER ? shape.hidden : 0;
  return embeddingParameters(shape) + shape.layers * layerParameters(shape) + last;
}
