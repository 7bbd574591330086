"""The process that brings a spool folder's records to the server: `python -m stepwell._uploader SPOOL`."""
