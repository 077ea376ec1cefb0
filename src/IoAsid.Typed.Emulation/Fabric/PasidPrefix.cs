using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The PASID prefix of a request (PCIe, PASID TLP Prefix). The default is the absence of a prefix, which differs from PASID 0.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PasidPrefix
{
    private const uint Present = 1u << 31;
    private const uint Privileged = 1u << 30;
    private const uint Execute = 1u << 29;
    private const uint Number = Pasid.Count - 1;

    private readonly uint _bits;

    /// <summary>Initializes a prefix with a PASID.</summary>
    /// <param name="pasid">The PASID.</param>
    /// <param name="execute">True to request execute permission.</param>
    /// <param name="privileged">True for a request in privileged mode.</param>
    public PasidPrefix(Pasid pasid, bool execute = false, bool privileged = false) =>
        _bits = Present | pasid.Value | (execute ? Execute : 0) | (privileged ? Privileged : 0);

    /// <summary>All parts of the prefix in one number; 0 without a prefix.</summary>
    internal uint Bits => _bits;

    /// <summary>The same without the demands.</summary>
    internal uint BitsWithoutDemand => _bits & (Present | Number);

    /// <summary>The demands of the prefix.</summary>
    // Both flags are 27 bits above those of the demand.
    internal WalkDemand Demand => (WalkDemand)(_bits >> 27) & (WalkDemand.Execute | WalkDemand.Privileged);

    /// <summary>Gets a value indicating whether a prefix is present.</summary>
    public bool IsPresent => (_bits & Present) != 0;

    /// <summary>The PASID; 0 without a prefix.</summary>
    public Pasid Pasid => new(_bits & Number);

    /// <summary>Gets a value indicating whether execute permission is requested.</summary>
    public bool ExecuteRequested => (_bits & Execute) != 0;

    /// <summary>Gets a value indicating whether the request is in privileged mode.</summary>
    public bool PrivilegedModeRequested => (_bits & Privileged) != 0;

    /// <inheritdoc/>
    public override string ToString() =>
        IsPresent ? $"PASID 0x{Pasid:X}{(ExecuteRequested ? " execute" : "")}{(PrivilegedModeRequested ? " privileged" : "")}" : "no PASID";
}
