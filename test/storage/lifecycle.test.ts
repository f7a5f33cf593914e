import "cdktf-ai-datacenter/testing/jest";
import { StorageClass } from "../../lib/storage";
import { type LifecycleProps, resolveLifecycle } from "../../lib/storage/lifecycle";

const none: LifecycleProps = { abortUploadsAfterDays: 3, noncurrentVersionDays: 14, tiers: [], expirations: [] };
const resolve = (props: Partial<LifecycleProps>) => resolveLifecycle({ ...none, ...props }, "test/Store");
const { STANDARD_IA, GLACIER_IR, INTELLIGENT_TIERING, DEEP_ARCHIVE, ONEZONE_IA } = StorageClass;

describe("resolveLifecycle", () => {
  test("cleans up by default, and deletes no object in use", () => {
    expect(resolve({})).toEqual([
      {
        id: "cleaning",
        status: "Enabled",
        filter: [{ prefix: "" }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: 3 }],
        noncurrentVersionExpiration: [{ noncurrentDays: 14 }],
        expiration: [{ expiredObjectDeleteMarker: true }],
      },
    ]);
  });

  test("gathers what is said of one prefix into one rule, coldest class last, however it is written", () => {
    const [, rule, ...others] = resolve({
      tiers: [
        { prefix: "checkpoints", storageClass: GLACIER_IR, afterDays: 90 },
        { prefix: "checkpoints/", storageClass: STANDARD_IA, afterDays: 30 },
      ],
      expirations: [{ prefix: "checkpoints", afterDays: 365 }],
    });
    expect(others).toEqual([]);
    expect(rule).toEqual({
      id: "objects:checkpoints/",
      status: "Enabled",
      filter: [{ prefix: "checkpoints/" }],
      transition: [
        { storageClass: "STANDARD_IA", days: 30 },
        { storageClass: "GLACIER_IR", days: 90 },
      ],
      expiration: [{ days: 365 }],
    });
  });

  test("sorts rules by prefix, so that the order of writing does not matter", () => {
    const expirations = ["z", "a", ""].map((prefix) => ({ prefix, afterDays: 7 }));
    const ids = resolve({ expirations }).map(({ id }) => id);
    expect(ids).toEqual(["cleaning", "objects:", "objects:a/", "objects:z/"]);
    expect(resolve({ expirations: [...expirations].reverse() }).map(({ id }) => id)).toEqual(ids);
  });

  test("moves objects at once where the class has no least age", () => {
    const tiers = [{ prefix: "", storageClass: INTELLIGENT_TIERING, afterDays: 0 }];
    expect(resolve({ tiers })[1]?.transition).toEqual([{ storageClass: "INTELLIGENT_TIERING", days: 0 }]);
  });

  test.each([
    ["STANDARD_IA before 30 days", { tiers: [{ prefix: "", storageClass: STANDARD_IA, afterDays: 29 }] }],
    ["ONEZONE_IA before 30 days", { tiers: [{ prefix: "", storageClass: ONEZONE_IA, afterDays: 0 }] }],
    ["a negative age", { tiers: [{ prefix: "", storageClass: GLACIER_IR, afterDays: -1 }] }],
    ["a broken day", { expirations: [{ prefix: "", afterDays: 1.5 }] }],
    ["an expiration at once", { expirations: [{ prefix: "", afterDays: 0 }] }],
    ["no days for unfinished uploads", { abortUploadsAfterDays: 0 }],
    ["no days for deleted objects", { noncurrentVersionDays: 0 }],
  ] as const)("refuses %s", (_, props) => {
    expect(() => resolve(props)).toRefuse("LIFECYCLE_INVALID");
  });

  test("refuses the same class twice for a prefix", () => {
    const tiers = [30, 60].map((afterDays) => ({ prefix: "a", storageClass: STANDARD_IA, afterDays }));
    expect(() => resolve({ tiers })).toRefuse("LIFECYCLE_INVALID", { path: "test/Store.tiers" });
  });

  test("refuses two expirations of a prefix, also when they are spelled differently", () => {
    const expirations = [
      { prefix: "a", afterDays: 5 },
      { prefix: "a/", afterDays: 9 },
    ];
    expect(() => resolve({ expirations })).toRefuse("LIFECYCLE_INVALID", { path: "test/Store.expirations", got: "a/" });
  });

  test("refuses a colder class that comes before a warmer one, or within 30 days of an infrequent-access class", () => {
    const tiers = (ia: number, archive: number) => [
      { prefix: "a", storageClass: STANDARD_IA, afterDays: ia },
      { prefix: "a", storageClass: DEEP_ARCHIVE, afterDays: archive },
    ];
    expect(() => resolve({ tiers: tiers(60, 30) })).toRefuse("LIFECYCLE_INVALID");
    expect(() => resolve({ tiers: tiers(30, 59) })).toRefuse("LIFECYCLE_INVALID");
    expect(resolve({ tiers: tiers(30, 60) })).toHaveLength(2);
  });

  test("refuses a transition that an expiration of the folder, or of one above it, forestalls", () => {
    const tiers = [{ prefix: "runs/old", storageClass: GLACIER_IR, afterDays: 60 }];
    for (const prefix of ["", "runs", "runs/old"]) {
      expect(() => resolve({ tiers, expirations: [{ prefix, afterDays: 60 }] })).toRefuse("LIFECYCLE_INVALID");
      expect(() => resolve({ tiers, expirations: [{ prefix, afterDays: 61 }] })).not.toThrow();
    }
    expect(() => resolve({ tiers, expirations: [{ prefix: "run", afterDays: 1 }] })).not.toThrow();
  });

  test("refuses a prefix that is not one", () => {
    expect(() => resolve({ expirations: [{ prefix: "/a", afterDays: 1 }] })).toRefuse("PREFIX_INVALID");
    expect(() => resolve({ tiers: [{ prefix: "a/*", storageClass: GLACIER_IR, afterDays: 1 }] })).toRefuse(
      "PREFIX_INVALID",
    );
  });
});
