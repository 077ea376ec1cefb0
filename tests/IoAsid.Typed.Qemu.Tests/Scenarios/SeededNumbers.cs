namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A sequence of numbers that is the same on each machine (xorshift).</summary>
internal sealed class SeededNumbers(ulong seed)
{
    private ulong _state = seed * 0x9E37_79B9_7F4A_7C15 + 1;

    public int Below(int limit)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)(_state % (ulong)limit);
    }
}
