import "cdktf-ai-datacenter/testing/jest";
import { parse } from "yaml";
import {
  kueueConfiguration,
  kueueConfigurationText,
  KueueFramework,
} from "../../../lib/kubernetes/queues/kueue-configuration";
import { TEAM_LABEL } from "../../../lib/kubernetes/tenant/team";

describe("the configuration of Kueue", () => {
  test("manages all jobs of teams, whether they name a queue or not, and no others", () => {
    expect(kueueConfiguration()).toMatchObject({
      manageJobsWithoutQueueName: true,
      managedJobsNamespaceSelector: { matchExpressions: [{ key: TEAM_LABEL, operator: "Exists" }] },
      integrations: { frameworks: ["batch/job", "jobset.x-k8s.io/jobset"] },
    });
  });

  test("starts gangs all or nothing, and gives up in the end", () => {
    expect(kueueConfiguration().waitForPodsReady).toEqual({
      timeout: "30m",
      recoveryTimeout: "30m",
      blockAdmission: false,
      requeuingStrategy: {
        timestamp: "Eviction",
        backoffLimitCount: 10,
        backoffBaseSeconds: 60,
        backoffMaxSeconds: 3600,
      },
    });
  });

  test("shares borrowed nodes fairly, and leaves disks out of quotas", () => {
    expect(kueueConfiguration()).toMatchObject({
      fairSharing: { preemptionStrategies: ["LessThanOrEqualToFinalShare", "LessThanInitialShare"] },
      resources: { excludeResourcePrefixes: ["ephemeral-storage"] },
    });
  });

  test("takes all its options", () => {
    const configuration = kueueConfiguration({
      frameworks: [KueueFramework.JOBSET, KueueFramework.POD],
      readyTimeoutMinutes: 45,
      recoveryTimeoutMinutes: 10,
      requeueLimit: 0,
      blockAdmission: true,
      fairSharing: false,
    });
    expect(configuration).toMatchObject({
      integrations: { frameworks: ["jobset.x-k8s.io/jobset", "pod"] },
      waitForPodsReady: {
        timeout: "45m",
        recoveryTimeout: "10m",
        blockAdmission: true,
        requeuingStrategy: { backoffLimitCount: 0 },
      },
    });
    expect(configuration).not.toHaveProperty("fairSharing");
  });

  test("is text that the chart reads as YAML", () => {
    expect(parse(kueueConfigurationText())).toEqual(kueueConfiguration());
  });

  test.each([
    { readyTimeoutMinutes: 0 },
    { readyTimeoutMinutes: 0.5 },
    { recoveryTimeoutMinutes: -1 },
    { requeueLimit: -1 },
  ])("refuses %p", (options) => {
    const [name] = Object.keys(options);
    expect(() => kueueConfiguration(options, "test")).toRefuse("KUEUE_CONFIGURATION_INVALID", { path: `test.${name}` });
  });
});
