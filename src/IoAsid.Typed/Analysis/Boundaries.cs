// The space hands out the numbers that hardware is programmed with: they come into being here.
[assembly: IoAsid.Typed.HardwareBoundary]
