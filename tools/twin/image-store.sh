#!/bin/bash
# Fills the store of a containerd with images, in namespaces of its own, so that nothing of it is left but the store.
#
# image-store.sh FOLDER NAME: FOLDER holds containerd.toml and, in images/NAME, for each image: layout (an OCI layout), root (its files),
# and the files name, by-digest, chain and config, which name it, its layer and its configuration.
set -eu
if [ "${1:-}" != --inside ]; then exec unshare --mount --pid --net --fork --kill-child --mount-proc bash "$0" --inside "$@"; fi
folder=$2
shift 2

for place in /run /var/lib; do mount -t tmpfs tmpfs "$place"; done
containerd --config "$folder/containerd.toml" >"$folder/containerd.log" 2>&1 &
containerd=$!
export CONTAINERD_ADDRESS=$folder/containerd.sock CONTAINERD_NAMESPACE=k8s.io CONTAINERD_SNAPSHOTTER=overlayfs
until ctr version >/dev/null 2>&1; do
  kill -0 $containerd || { tail "$folder/containerd.log" >&2; exit 1; }
  sleep 0.05
done

for image in "$@"; do
  parts=$folder/images/$image
  chain=$(cat "$parts/chain")
  # What unpacking a layer would leave. The files are moved there, since packing and unpacking gigabytes would take minutes.
  ctr snapshots prepare "$image" >/dev/null
  place=$(ctr snapshots mounts /mnt "$image" | awk '{print $4}')
  [ -d "$place" ] || { echo "no folder for the layer: $place" >&2; exit 1; }
  rmdir "$place"
  mv -T "$parts/root" "$place"
  chmod 755 "$place"
  ctr snapshots commit "$chain" "$image"
  tar -C "$parts/layout" -cf - . | ctr images import --no-unpack - >/dev/null
  ctr content label "$(cat "$parts/config")" "containerd.io/gc.ref.snapshot.overlayfs=$chain" >/dev/null
  # By digest too, as pods name it.
  ctr images tag "$(cat "$parts/name")" "$(cat "$parts/by-digest")" >/dev/null
done
kill $containerd
wait $containerd || true
