#!/bin/sh
# Counts, and shows a number that exists only in its memory.
echo "START $$"
read -r nonce </proc/sys/kernel/random/uuid
n=0
while :; do
  n=$((n + 1))
  echo "TICK $nonce $n"
  sleep "${1:-0.05}"
done
