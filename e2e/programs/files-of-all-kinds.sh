#!/bin/sh
# Changes its container's file system in every way that has to be found again, then counts.
mkdir -p /srv/new/empty /srv/private
echo "made by the application" >/srv/new/file
echo "appended by the application" >>/etc/group
echo secret >/srv/private/secret
chmod 700 /srv/private
chmod 4711 /srv/new/file
chown 1000:1000 /srv/private/secret
touch -d '2001-02-03 04:05:06' /srv/new/file
ln -s file /srv/new/link
ln -s /no/such/place /srv/new/dangling
ln /srv/new/file /srv/new/hard-link
mkfifo /srv/new/fifo
echo odd >"/srv/new/a name
of two lines"
echo shared >/dev/shm/shared
mv /srv/moved-before /srv/moved-after 2>/dev/null || { echo moved >/srv/moved-before && mv /srv/moved-before /srv/moved-after; }
exec /programs/counter.sh
