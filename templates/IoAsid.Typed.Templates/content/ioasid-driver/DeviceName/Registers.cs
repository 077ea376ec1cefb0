using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;

namespace DeviceName;

/// <summary>The offsets of the registers. Each has 8 bytes.</summary>
public static class RegisterOffsets
{
    /// <summary>The address of the bytes to add, in the address space of the command's PASID.</summary>
    public const uint Source = 0x00;

    /// <summary>The number of bytes.</summary>
    public const uint Length = 0x08;

    /// <summary>Write: starts a <see cref="CommandRegister"/>.</summary>
    public const uint Command = 0x10;

    /// <summary>Read-only: <see cref="StatusRegister"/>.</summary>
    public const uint Status = 0x18;

    /// <summary>Read-only: the sum of the bytes.</summary>
    public const uint Sum = 0x20;
}

/// <summary>A command to the device.</summary>
[BitLayout("COMMAND", 64)]
public readonly partial record struct CommandRegister
{
    /// <summary>GO: adds the bytes.</summary>
    [Bits("GO", 0)] public partial bool Go { get; init; }

    /// <summary>STOP: ends the use of the PASID.</summary>
    [Bits("STOP", 1)] public partial bool Stop { get; init; }

    /// <summary>PASID: the address space.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}

/// <summary>The state of the device.</summary>
[BitLayout("STATUS", 64)]
public readonly partial record struct StatusRegister
{
    /// <summary>BUSY: a command is active.</summary>
    [Bits("BUSY", 0)] public partial bool Busy { get; init; }

    /// <summary>FAULT: the last command could not read its bytes.</summary>
    [Bits("FAULT", 1)] public partial bool Fault { get; init; }
}
