"""An ERP that speaks MTOM and SOAP with Attachments, written without anything of ours but the sockets."""
