using IoAsid.Typed.Layouts;

namespace EduDriver;

/// <summary>The registers of QEMU's edu device (docs/specs/edu.rst).</summary>
internal static class EduRegisters
{
    public const uint Identification = 0x00;
    public const uint Liveness = 0x04;
    public const uint Factorial = 0x08;
    public const uint Status = 0x20;
    public const uint InterruptStatus = 0x24;
    public const uint InterruptRaise = 0x60;
    public const uint InterruptAcknowledge = 0x64;
    public const uint DmaSource = 0x80;
    public const uint DmaDestination = 0x88;
    public const uint DmaCount = 0x90;
    public const uint DmaCommand = 0x98;

    /// <summary>The address of the buffer inside the device.</summary>
    public const ulong Buffer = 0x4_0000;

    public const int BufferLength = 4096;

    /// <summary>The number of address bits that the device can send.</summary>
    public const int AddressBits = 28;

    /// <summary>The interrupt status of a factorial.</summary>
    public const uint FactorialDone = 0x001;

    /// <summary>The interrupt status of a DMA.</summary>
    public const uint DmaDone = 0x100;
}

/// <summary>IDENTIFICATION: the version of the device.</summary>
[BitLayout("IDENTIFICATION", 32)]
internal readonly partial record struct EduIdentification
{
    /// <summary>MAGIC: EDh in each edu device.</summary>
    [Bits("MAGIC", 0, 7)] public partial byte Magic { get; init; }

    /// <summary>MINOR: the minor version.</summary>
    [Bits("MINOR", 16, 23)] public partial byte Minor { get; init; }

    /// <summary>MAJOR: the major version.</summary>
    [Bits("MAJOR", 24, 31)] public partial byte Major { get; init; }
}

/// <summary>STATUS: the state of the computation of a factorial.</summary>
[BitLayout("STATUS", 32)]
internal readonly partial record struct EduStatus
{
    /// <summary>COMPUTING: a factorial is being computed.</summary>
    [Bits("COMPUTING", 0)] public partial bool IsComputing { get; init; }

    /// <summary>IRQ: a factorial ends with an interrupt.</summary>
    [Bits("IRQ", 7)] public partial bool RaisesInterrupt { get; init; }
}

/// <summary>DMA_COMMAND: starts a copy.</summary>
[BitLayout("DMA_COMMAND", 32)]
internal readonly partial record struct EduCommand
{
    /// <summary>START: the device copies. The device clears the bit at the end.</summary>
    [Bits("START", 0)] public partial bool Start { get; init; }

    /// <summary>DIRECTION: the device copies from its buffer to memory.</summary>
    [Bits("DIRECTION", 1)] public partial bool ToMemory { get; init; }

    /// <summary>IRQ: the copy ends with an interrupt.</summary>
    [Bits("IRQ", 2)] public partial bool RaisesInterrupt { get; init; }
}
