#!/bin/bash
# The first process of a node, inside of its namespaces: sets them up, then runs containerd and kubelet. The node ends with either.
#
# node-inside.sh FOLDER: with the files of node-files.ts.
set -eu
folder=$1
. "$folder/node.env"

echo "$NAME" >/proc/sys/kernel/hostname

# Folders of the system that containerd, CNI and kubelet write to and cannot be talked out of.
for place in /run /var/log /var/lib; do mount -t tmpfs tmpfs "$place"; done

# Settings of the whole kernel that kubelet changes: it gets copies.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  mkdir -p "$folder/sysctl/$(dirname $setting)"
  cat "/proc/sys/$setting" >"$folder/sysctl/$setting"
  mount --bind "$folder/sysctl/$setting" "/proc/sys/$setting"
done

# The size that the node shall say it has.
[ ! -e "$folder/machine/meminfo" ] || mount --bind "$folder/machine/meminfo" /proc/meminfo
[ ! -e "$folder/machine/cpu" ] || mount --bind "$folder/machine/cpu" /sys/devices/system/cpu
[ ! -e "$folder/machine/node" ] || mount --bind "$folder/machine/node" /sys/devices/system/node
[ ! -e "$folder/machine/hugepages" ] || mount --bind "$folder/machine/hugepages" /sys/kernel/mm/hugepages

# Control groups as seen from the node's own: its group is the root.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  # A group that passes on controllers may not hold processes.
  mkdir /sys/fs/cgroup/init
  echo 1 >/sys/fs/cgroup/init/cgroup.procs
  for _ in $(seq 100); do
    ! sed 's/[a-z]*/+&/g' /sys/fs/cgroup/cgroup.controllers 2>/dev/null >/sys/fs/cgroup/cgroup.subtree_control || break
    sleep 0.05
  done
else
  found=$(awk '/ - cgroup /{print $5, $NF}' /proc/self/mountinfo)
  mount -t tmpfs tmpfs /sys/fs/cgroup
  while read -r place options; do
    mkdir -p "$place"
    mount -t cgroup -o "${options#rw,}" cgroup "$place"
    # Such as cpu,cpuacct, which programs look for under either name.
    for name in $(basename "$place" | tr , ' '); do [ -e "/sys/fs/cgroup/$name" ] || ln -s "$(basename "$place")" "/sys/fs/cgroup/$name"; done
  done <<<"$found"
fi

# The files of the images are there once for all nodes; containers see them through overlays.
for files in "$IMAGE_FILES"/*; do
  mkdir -p "$SNAPSHOTS/$(basename "$files")"
  mount --bind -o ro "$files" "$SNAPSHOTS/$(basename "$files")"
done

ip link set lo up
until ip link show uplink >/dev/null 2>&1; do sleep 0.02; done
ip link add "$BRIDGE" type bridge forward_delay 0
ip link set uplink master "$BRIDGE" up
ip address add "$ADDRESS" dev "$BRIDGE"
ip link set "$BRIDGE" up
ip route add default via "$GATEWAY"

export PATH=$PROGRAMS/usr/bin:$PROGRAMS/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin
containerd --config "$folder/containerd.toml" >"$folder/containerd.log" 2>&1 &
until ctr --address "$folder/containerd.sock" version >/dev/null 2>&1; do
  kill -0 $! || exit 1
  sleep 0.05
done
"$KUBELET" --config "$folder/kubelet.json" --kubeconfig "$folder/kubeconfig.json" --hostname-override "$NAME" \
  --node-ip "${ADDRESS%/*}" --root-dir "$folder/kubelet" --cert-dir "$folder/certificates" --v 2 >"$folder/kubelet.log" 2>&1 &
wait -n
