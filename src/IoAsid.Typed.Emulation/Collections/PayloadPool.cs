using System.Numerics;

namespace IoAsid.Typed.Emulation;

/// <summary>A pool of byte arrays for the payloads of messages.</summary>
internal sealed class PayloadPool
{
    private const int SmallestShift = 6;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, 32 - SmallestShift).Select(_ => new Stack<byte[]>())];

    /// <summary>Returns an array of at least a length. Its contents are undefined.</summary>
    public byte[] Rent(int length)
    {
        Stack<byte[]> free = _free[ClassOf(length)];
        return free.Count != 0 ? free.Pop() : new byte[1 << ClassOf(length) + SmallestShift];
    }

    /// <summary>Returns an array to the pool.</summary>
    public void Return(byte[] payload) => _free[ClassOf(payload.Length)].Push(payload);

    private static int ClassOf(int length) => Math.Max(0, BitOperations.Log2((uint)Math.Max(1, length - 1)) + 1 - SmallestShift);
}
