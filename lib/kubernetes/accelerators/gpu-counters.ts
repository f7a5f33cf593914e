/** A field of DCGM that the exporter publishes under the same name. */
export interface GpuCounter {
  /** DCGM's name, and that of the metric. */
  readonly field: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Whether the host engine must be allowed to profile: SYS_ADMIN, or an engine of the node's that has it. */
  readonly profiling: boolean;
}

/**
 * What is published of every GPU: DCGM exporter's default counters, without those of graphics and vGPU, and with double-bit errors,
 * throttling and all XID errors, which it leaves off.
 * Source: NVIDIA/dcgm-exporter `etc/default-counters.csv` and `deployment/values.yaml` of 4.6.0-4.8.3, 2026.
 */
export const GPU_COUNTERS: readonly GpuCounter[] = [
  gauge("DCGM_FI_DEV_SM_CLOCK", "SM clock frequency (in MHz)."),
  gauge("DCGM_FI_DEV_MEM_CLOCK", "Memory clock frequency (in MHz)."),
  gauge("DCGM_FI_DEV_MEMORY_TEMP", "Memory temperature (in C)."),
  gauge("DCGM_FI_DEV_GPU_TEMP", "GPU temperature (in C)."),
  gauge("DCGM_FI_DEV_POWER_USAGE", "Power draw (in W)."),
  counter("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "Total energy consumption since boot (in mJ)."),
  counter("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "Total number of PCIe retries."),
  gauge("DCGM_FI_DEV_GPU_UTIL", "GPU utilization (in %)."),
  gauge("DCGM_FI_DEV_MEM_COPY_UTIL", "Memory utilization (in %)."),
  gauge("DCGM_FI_DEV_XID_ERRORS", "Value of the last XID error encountered."),
  counter("DCGM_EXP_XID_ERRORS_TOTAL", "XID errors observed since the exporter started."),
  counter("DCGM_FI_DEV_POWER_VIOLATION", "Throttling duration due to power constraints (in ns)."),
  counter("DCGM_FI_DEV_THERMAL_VIOLATION", "Throttling duration due to thermal constraints (in ns)."),
  gauge("DCGM_FI_DEV_FB_FREE", "Framebuffer memory free (in MiB)."),
  gauge("DCGM_FI_DEV_FB_USED", "Framebuffer memory used (in MiB)."),
  counter("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", "Total number of double-bit volatile ECC errors."),
  gauge("DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL", "Total number of NVLink bandwidth counters for all lanes."),
  counter("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "Number of remapped rows for uncorrectable errors."),
  counter("DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "Number of remapped rows for correctable errors."),
  gauge("DCGM_FI_DEV_ROW_REMAP_FAILURE", "Whether remapping of rows has failed."),
  profiled("DCGM_FI_PROF_GR_ENGINE_ACTIVE", "Ratio of time the graphics engine is active."),
  profiled("DCGM_FI_PROF_SM_ACTIVE", "The ratio of cycles an SM has at least 1 warp assigned."),
  profiled("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "Ratio of cycles the tensor (HMMA) pipe is active."),
  profiled("DCGM_FI_PROF_DRAM_ACTIVE", "Ratio of cycles the device memory interface is active."),
];

/** The exporter's own format. @param profiling whether fields are included that profile */
export function countersFile(profiling: boolean): string {
  const lines = GPU_COUNTERS.filter((entry) => profiling || !entry.profiling);
  return lines.map(({ field, type, help }) => `${field}, ${type}, ${help}\n`).join("");
}

function gauge(field: string, help: string): GpuCounter {
  return { field, type: "gauge", help, profiling: false };
}

function counter(field: string, help: string): GpuCounter {
  return { field, type: "counter", help, profiling: false };
}

function profiled(field: string, help: string): GpuCounter {
  return { field, type: "gauge", help, profiling: true };
}
