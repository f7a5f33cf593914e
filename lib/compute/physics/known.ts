/**
 * Whether a text is known now: Terraform fills in an expression such as "${aws_subnet.a.cidr_block}" when it applies, and the framework
 * writes a list of such as "#{…}".
 */
export function isKnown(text: string): boolean {
  return !/[$#]\{/.test(text);
}
