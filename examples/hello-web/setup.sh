# Installs Node.js and runs the web runtime as a service; sourced by the instance's boot script.
dnf install -y nodejs22
mkdir -p "$APP_DIR" "$ASG_CANARY_ROOT/etc/systemd/system"
cat >"$ASG_CANARY_ROOT/etc/systemd/system/hello-web.service" <<UNIT
[Unit]
Description=Hello web
After=network-online.target
[Service]
User=nobody
WorkingDirectory=$APP_DIR
Environment=APP_DIR=$APP_DIR
Environment=HOST=$INSTANCE_ADDRESS
Environment=PORT=$PORT
ExecStart=/usr/bin/env node $ASG_CANARY_ROOT/opt/hello-web/server.js
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now hello-web.service
