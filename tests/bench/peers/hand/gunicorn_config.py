"""The usual settings for a service that waits for another: gevent, the application made once before the fork."""

from gevent import monkey

monkey.patch_all()

worker_class = "gevent"
worker_connections = 1000
preload_app = True
keepalive = 5
timeout = 60
control_socket_disable = True
