/** A Karpenter that node pools can be made for, here or elsewhere. */
export interface IKarpenter {
  /** Instance profile of nodes. */
  readonly instanceProfileName: string;
  /** Whether node pools with a fixed count work: an alpha feature of the controller. */
  readonly staticCapacity: boolean;
}
