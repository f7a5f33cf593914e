/** Refusals of the Kubernetes half; a part of `ERROR_CODES`. */
export const KUBERNETES_ERROR_CODES = {
  MANIFEST_INVALID: {
    meaning:
      "A manifest has no kind, API version or name, or holds what has no form in a manifest: a function, a symbol, NaN.",
    remedy:
      "Give the object apiVersion, kind and metadata.name, and plain data: strings, numbers, booleans, lists and objects.",
  },
} as const;
