vcl 4.1;

backend default {
  .host = "BACKEND_ADDRESS";
  .port = "BACKEND_PORT";
  .first_byte_timeout = 60s;
}

acl purge {
  "127.0.0.0"/8;
}

sub vcl_recv {
  if (req.url == "/varnish_ping") {
    return (synth(200, "Varnish answers"));
  }
  if (req.method == "PURGE" || req.method == "BAN") {
    if (client.ip !~ purge) {
      return (synth(405, "Not allowed from here"));
    }
    # Either by tags, as a store does it, or one address.
    if (req.http.X-Magento-Tags-Pattern) {
      ban("obj.http.X-Magento-Tags ~ " + req.http.X-Magento-Tags-Pattern);
      return (synth(200, "Purged by tags"));
    }
    if (req.method == "BAN") {
      ban("obj.http.X-Url ~ " + req.url);
      return (synth(200, "Banned"));
    }
    return (purge);
  }
  if (req.method != "GET" && req.method != "HEAD") {
    return (pass);
  }
  if (req.url ~ "^/(cart|checkout|customer|health_check\.php)") {
    return (pass);
  }
  unset req.http.Cookie;
  return (hash);
}

sub vcl_backend_response {
  set beresp.http.X-Url = bereq.url;
  if (beresp.status != 200 || beresp.http.Cache-Control ~ "private|no-store") {
    set beresp.uncacheable = true;
    set beresp.ttl = 5s;
    return (deliver);
  }
  unset beresp.http.Set-Cookie;
  # A page must not outlive a purge, so none is served beyond its time.
  set beresp.grace = 0s;
}

sub vcl_deliver {
  if (obj.hits > 0) {
    set resp.http.X-Cache = "HIT";
  } else {
    set resp.http.X-Cache = "MISS";
  }
  # Browsers keep no page: a purge would not reach them.
  if (req.url !~ "^/(static|media)/") {
    set resp.http.Cache-Control = "no-store, must-revalidate, max-age=0";
  }
  unset resp.http.X-Magento-Tags;
  unset resp.http.X-Url;
}
