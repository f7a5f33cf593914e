#!/bin/bash
# A node: containerd and kubelet in namespaces of their own, so that whatever they start, mount or set up ends with the node. It stands for as
# long as standard input is open, which the kernel closes even for a parent that was killed; then its control groups and its folder go.
#
# node.sh FOLDER: with node.env, see node-files.ts. Says "ready PID" when the namespaces stand.
set -eu
folder=$1
. "$folder/node.env"
here=$(dirname "$(readlink -f "$0")")

# Version 1 has a hierarchy for each set of controllers; version 2 has one for all.
hierarchies() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
  else
    awk '/ - cgroup /{print $5}' /proc/self/mountinfo
  fi
}

groups_left() {
  for hierarchy in $(hierarchies); do
    group=$hierarchy/$CGROUP
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    [ ! -d "$group" ] || echo "$group"
  done
}

remove() {
  trap '' INT TERM HUP
  kill -9 "$node" 2>/dev/null || true
  wait "$node" 2>/dev/null || true
  for _ in $(seq 100); do
    rm -rf --one-file-system "$folder" 2>/dev/null || true
    [ -n "$(groups_left)" ] || [ -e "$folder" ] || break
    sleep 0.1
  done
}

for hierarchy in $(hierarchies); do
  mkdir "$hierarchy/$CGROUP"
  # A group of version 1 that names no processor or no memory takes no process.
  for file in cpuset.cpus cpuset.mems; do
    [ ! -e "$hierarchy/cgroup.clone_children" ] || [ ! -e "$hierarchy/$file" ] || cat "$hierarchy/$file" >"$hierarchy/$CGROUP/$file"
  done
done

exec 3<&0
(
  for hierarchy in $(hierarchies); do echo "$BASHPID" >"$hierarchy/$CGROUP/cgroup.procs"; done
  exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child --mount-proc bash "$here/node-inside.sh" "$folder" 3<&-
) &
node=$!
trap remove EXIT
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  # Version 2: the node's group passes on controllers, so it may hold no process, and this one is out of reach from inside.
  until [ -s "/proc/$node/task/$node/children" ]; do kill -0 "$node" && sleep 0.02; done
  echo "$node" >/sys/fs/cgroup/cgroup.procs || true
  sed 's/[a-z]*/+&/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control || true
fi
while [ "$(readlink "/proc/$node/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add uplink netns "$node" type veth peer name "$PORT" netns "$SWITCH"
nsenter --target "$SWITCH" --net ip link set "$PORT" master bridge up
echo "ready $node"

cat <&3 >/dev/null &
wait -n || true
