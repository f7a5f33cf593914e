/** How the framework writes a value that is known only after apply into a string. */
const TOKEN = /\$\{TfToken\[[^\]]*\]\}/g;

/** Strings with values known only after apply, in a form that a schema can judge, and back again. */
export class HiddenTokens {
  /** With every such value as the same mark, since their own text differs from synth to synth. */
  public static blank(value: unknown): unknown {
    return mapStrings(value, (text) => text.replace(TOKEN, "<after-apply>"));
  }

  private readonly hidden = new Map<string, string>();

  /** A string that begins with such a value may become any location: it is judged as a path. */
  public hide(value: unknown): unknown {
    return mapStrings(value, (text) =>
      text.replace(TOKEN, (token, offset: number) => {
        const name = `${offset === 0 ? "/" : ""}after-apply-${this.hidden.size}-`;
        this.hidden.set(name, token);
        return name;
      }),
    );
  }

  public show(value: unknown): unknown {
    return mapStrings(value, (text) => text.replace(/\/?after-apply-\d+-/g, (name) => this.tokenOf(name)));
  }

  /** A slash before the mark may be the text's own. */
  private tokenOf(name: string): string {
    return this.hidden.get(name) ?? `/${this.hidden.get(name.slice(1)) ?? name.slice(1)}`;
  }
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((member) => mapStrings(member, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapStrings(member, change)]));
}
