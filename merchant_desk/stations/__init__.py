"""What a scan does at each station: journal, resolve, judge, act. Windows and scripts drive it alike."""
