"""What is printed on its way to a printer: raw sockets, what became of a job, and jobs that wait."""
