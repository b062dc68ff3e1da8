#!/bin/sh
# Counts. The count and the name are in the memory of this shell and nowhere else.
read -r name </proc/sys/kernel/random/uuid
echo "Started as $name"
count=0
while true; do
  echo "Count is at $count ($name)"
  count=$((count + 1))
  sleep 1
done
