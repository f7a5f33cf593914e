/** Metrics of an expression with the labels that they are selected by. */
export function parsePrometheus(
  expr: string,
): readonly { readonly metric: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b(train_\w+)(?:\{([^}]*)\})?/g)].map(([, metric = "", matchers = ""]) => ({
    metric,
    labels: [...matchers.matchAll(/(\w+)="/g)].map(([, label = ""]) => label),
  }));
}
