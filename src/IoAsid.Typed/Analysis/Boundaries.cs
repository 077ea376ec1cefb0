// The space creates the numbers that hardware is programmed with.
[assembly: IoAsid.Typed.HardwareBoundary]
