#!/bin/bash
# The switch between the nodes of a twin: a bridge in a network namespace of its own, with one cable to this machine. It stands for as long as
# standard input is open, which the kernel closes even for a parent that was killed; its interfaces go with it.
#
# switch.sh INTERFACE ADDRESS: name of this machine's end of the cable and its address, such as 10.90.1.1/24. Says "ready PID" when it stands.
set -eu
interface=$1 address=$2

exec 3<&0
unshare --net --fork --kill-child sleep infinity 3<&- &
switch=$!
trap 'kill -9 $switch 2>/dev/null || true' EXIT
while [ "$(readlink /proc/$switch/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done

in_switch() { nsenter --target "$switch" --net "$@"; }
in_switch ip link set lo up
in_switch ip link add bridge type bridge forward_delay 0
in_switch ip link set bridge up
ip link add "$interface" type veth peer name host netns "$switch"
in_switch ip link set host master bridge up
ip address add "$address" dev "$interface"
ip link set "$interface" up
echo "ready $switch"

cat <&3 >/dev/null &
wait -n || true
