import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES } from "../../lib/core/error-codes";

/** The text of `docs/errors.md`: every refusal of the library, by code. */
export function errorDocs(): string {
  const entries = Object.entries(ERROR_CODES).sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = entries.map(
    ([code, { meaning, remedy }]) => `## ${code}\n\n${plain(meaning)}\n\n**Remedy:** ${plain(remedy)}\n`,
  );
  return `${HEAD}\n${sections.join("\n")}`;
}

const HEAD = `<!-- Generated from lib/core/error-codes.ts by \`npm run docs\`; edit the table there. -->

# Errors

What cannot work is refused while the program runs, before anything is deployed. A refusal is an \`InvalidProps\`; its message
holds the code below, the construct path with the property at fault, what came in, what is allowed, and the remedy:

\`\`\`text
[ZONE_NOT_IN_REGION] prod-foundation/Network.zones: got "us-west-2a"; allowed: zones of us-east-1, such as us-east-1a. …
\`\`\`

Codes are stable: they are added, never renamed.
`;

/** Markdown would take angle brackets for tags. */
function plain(text: string): string {
  return text.replaceAll("<", "\\<");
}

if (require.main === module) {
  const file = join(process.cwd(), "docs", "errors.md");
  writeFileSync(file, errorDocs());
  console.log("docs/errors.md written");
}
