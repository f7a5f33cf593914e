import { FATAL_XID_ERRORS, NODE_HEALTH_CONDITIONS } from "../../../lib/kubernetes/accelerators/node-health";

test("EKS waits ten minutes with broken accelerators and half an hour with all else", () => {
  const minutes = NODE_HEALTH_CONDITIONS.map(({ type, repairAfterMinutes }) => [type, repairAfterMinutes]);
  expect(Object.fromEntries(minutes)).toEqual({
    AcceleratedHardwareReady: 10,
    ContainerRuntimeReady: 30,
    KernelReady: 30,
    NetworkingReady: 30,
    StorageReady: 30,
    Ready: 30,
  });
});

test("XID errors that programs cause break no GPU", () => {
  const codes: readonly number[] = FATAL_XID_ERRORS.codes;
  for (const code of [13, 31, 43, 45]) expect(codes).not.toContain(code);
  expect(codes).toContain(79);
  expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
});
