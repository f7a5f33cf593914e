import { ExitCode, FINAL_FAILURES } from "./contract.generated";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What the Job makes of a pod that ended. Whatever it does not name fails the Job too, since that retries no pod (backoffLimit 0); named are the
 * ends that the JobSet shall tell apart, which it does by the message of the Job's failure.
 *
 * A job that may lose nodes goes on with those that are left: a pod that was taken away is made again alone, and joins when it has a node. A
 * pod that exits 75 takes all others with it, as they agree to stop, so that starts the JobSet again in both cases.
 *
 * Source: Kubernetes v1.35.4 and v1.37.2 `pkg/controller/job/pod_failure_policy.go`, which say the same.
 */
export function podFailurePolicy(isElastic: boolean, containerName: string): Fields {
  const onExit = (values: readonly number[]): Fields => ({
    action: "FailJob",
    onExitCodes: { containerName, operator: "In", values },
  });
  return {
    rules: [
      onExit([...FINAL_FAILURES].sort((a, b) => a - b)),
      onExit([ExitCode.PREEMPTED]),
      {
        action: isElastic ? "Ignore" : "FailJob",
        onPodConditions: [{ type: "DisruptionTarget", status: "True" }],
      },
    ],
  };
}

/**
 * What the JobSet makes of a Job that failed: a wrong spec, unreadable data and a diverged loss end it at once, since nothing would be
 * different the next time; to be taken away costs no restart; all else starts again, and counts.
 *
 * The messages are "Container main for pod NAMESPACE/NAME failed with exit code 64 matching FailJob rule at index 0" and "Pod NAMESPACE/NAME has
 * condition DisruptionTarget matching FailJob rule at index 2". Sources: Kubernetes as above; kubernetes-sigs/jobset v0.10.1
 * `pkg/controllers/failure_policy.go`.
 */
export function failureRules(): readonly Fields[] {
  const reasons = { onJobFailureReasons: ["PodFailurePolicy"] };
  return [
    {
      name: "cannot_succeed",
      action: "FailJobSet",
      ...reasons,
      onJobFailureMessagePatterns: [
        `failed with exit code (${[...FINAL_FAILURES].sort((a, b) => a - b).join("|")}) matching`,
      ],
    },
    {
      name: "preempted",
      action: "RestartJobSetAndIgnoreMaxRestarts",
      ...reasons,
      onJobFailureMessagePatterns: [
        `failed with exit code ${ExitCode.PREEMPTED} matching`,
        "has condition DisruptionTarget matching",
      ],
    },
  ];
}
