import type { CapacityReservation, Instance } from "@aws-sdk/client-ec2";
import type { Reservation, RunningInstance } from "./cloud";

/** An instance as EC2 describes it. */
export function toInstance(instance: Instance): RunningInstance {
  const { InstanceType = "", InstanceLifecycle, Placement, CpuOptions, CapacityReservationId, Tags = [] } = instance;
  const { CoreCount, ThreadsPerCore } = CpuOptions ?? {};
  return {
    instanceType: InstanceType,
    lifecycle: InstanceLifecycle,
    tenancy: Placement?.Tenancy,
    vcpus: CoreCount === undefined || ThreadsPerCore === undefined ? undefined : CoreCount * ThreadsPerCore,
    reservation: CapacityReservationId,
    tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
  };
}

/** A reservation as EC2 describes it. */
export function toReservation(found: CapacityReservation): Reservation {
  return {
    id: found.CapacityReservationId ?? "",
    owner: found.OwnerId ?? "",
    // The type came with Capacity Blocks; what has none is not one.
    type: found.ReservationType ?? "default",
    instanceType: found.InstanceType ?? "",
    zone: found.AvailabilityZone ?? "",
    platform: found.InstancePlatform ?? "",
    tenancy: found.Tenancy ?? "default",
    matchCriteria: found.InstanceMatchCriteria ?? "",
    state: found.State ?? "",
    total: found.TotalInstanceCount ?? 0,
    available: found.AvailableInstanceCount ?? 0,
    start: found.StartDate,
    end: found.EndDate,
    placementGroupName: found.PlacementGroupArn?.split(":placement-group/")[1],
  };
}

/** Id of a reservation, from its ARN; undefined for the ARN of anything else. */
export function reservationIdOf(arn: string | undefined): string | undefined {
  return /:capacity-reservation\/(cr-\w+)$/.exec(arn ?? "")?.[1];
}
