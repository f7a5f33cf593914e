/**
 * JSON text that is YAML too. YAML allows fewer characters in the open than JSON does: controls beyond ASCII, line separators and the byte
 * order mark have to be escaped. Characters beyond the basic plane stay as they are: YAML knows no escapes of two halves.
 * Source: YAML 1.2.2, section 5.1 "Character Set", and 5.7 "Escaped Characters".
 * @internal
 */
export function yamlSafeJson(json: string): string {
  return json.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
