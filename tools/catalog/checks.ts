/** Says what is wrong with a value. @param at where it stands, for the message */
export type Check = (value: unknown, at: string) => void;

/** Text with something in it. */
export const text: Check = (value, at) => {
  if (typeof value !== "string" || value.trim() === "") wrong(value, at, "text");
};

/** YYYY-MM-DD, or as much of it as is known from the left. */
export const date: Check = (value, at) => {
  if (typeof value !== "string" || !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(value)) wrong(value, at, "a date, YYYY-MM-DD");
};

/** A number above 0. */
export const positive: Check = (value, at) => {
  if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) wrong(value, at, "a number above 0");
};

/** 1, 2, 3 … */
export const positiveInteger: Check = (value, at) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1) wrong(value, at, "a whole number from 1");
};

/** 0, 1, 2 … */
export const nonNegativeInteger: Check = (value, at) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) wrong(value, at, "a whole number from 0");
};

/** One of the values of an enum. */
export function oneOf(values: Readonly<Record<string, string>>): Check {
  const known = Object.values(values);
  return (value, at) => {
    if (!known.includes(value as string)) wrong(value, at, `one of ${known.join(", ")}`);
  };
}

/** A list whose members all pass. */
export function listOf(member: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) wrong(value, at, "a list");
    for (const [index, each] of (value as unknown[]).entries()) member(each, `${at}[${nameOf(each, index)}]`);
  };
}

/** An object with any keys, whose values all pass. */
export function recordOf(member: Check): Check {
  return (value, at) => {
    for (const [key, each] of Object.entries(asObject(value, at))) member(each, `${at}.${key}`);
  };
}

/** An object with these keys and no others. */
export function exactly(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const checks = new Map(Object.entries({ ...required, ...optional }));
  return (value, at) => {
    const object = asObject(value, at);
    for (const key of Object.keys(required)) if (!Object.hasOwn(object, key)) throw new Error(`${at}: lacks "${key}"`);
    for (const [key, each] of Object.entries(object)) {
      const check = checks.get(key);
      if (!check) throw new Error(`${at}: has no field "${key}"; it has ${[...checks.keys()].join(", ")}`);
      check(each, `${at}.${key}`);
    }
  };
}

function asObject(value: unknown, at: string): object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(value, at, "an object");
  return value as object;
}

/** A row is named by its instance type, if it has one. */
function nameOf(member: unknown, index: number): string {
  const { instanceType } = (member ?? {}) as { instanceType?: unknown };
  return typeof instanceType === "string" ? instanceType : String(index);
}

function wrong(value: unknown, at: string, expected: string): never {
  throw new Error(`${at}: got ${JSON.stringify(value)}; it is ${expected}`);
}
