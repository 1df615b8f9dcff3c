# Mounts a shared folder now and after each start of the machine; part of the boot script of an instance.
dnf install -y amazon-efs-utils
mount_shared() { # PLACE FILE_SYSTEM ACCESS_POINT
  local folder=$APP_DIR/shared/$1 attempt
  mkdir -p "$folder"
  echo "$2:/ $folder efs _netdev,tls,iam,accesspoint=$3 0 0" >>"$ASG_CANARY_ROOT/etc/fstab"
  for attempt in {1..12}; do
    ! mount "$folder" || return 0
    echo "attempt $attempt to mount $1 failed"
    sleep 10
  done
  fail "cannot mount $1"
}
