"""What clients can make a server hold is bounded: each test tries to exceed one of docs/operations/limits.md."""
