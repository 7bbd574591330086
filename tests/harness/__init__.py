"""What the wire tests share: servers as real processes, a small REST client, a writer of event files, a comparer."""
