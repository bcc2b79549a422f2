"""Who answers a request: a SOAP service or a JSON microservice. Each is a ``Handler``; they do not know each other."""
