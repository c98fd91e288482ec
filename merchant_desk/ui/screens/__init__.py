"""The screens, a folder per subject. `registry` lists them; each is imported when it is first shown."""
