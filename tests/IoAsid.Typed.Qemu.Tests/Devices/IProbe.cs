using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A device that writes a word to an address of the test.</summary>
internal interface IProbe
{
    /// <summary>The value that the device writes.</summary>
    const uint Word = 0x1234_5678;

    IPciFunction Function { get; }

    /// <summary>Writes <see cref="Word"/>.</summary>
    /// <param name="address">The address, as the device sends it.</param>
    ValueTask WriteAsync(ulong address);
}
