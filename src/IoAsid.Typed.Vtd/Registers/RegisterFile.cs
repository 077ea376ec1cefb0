using System.Collections.Immutable;

namespace IoAsid.Typed.Vtd;

/// <summary>The registers of a unit, with their offsets.</summary>
/// <remarks>
/// Registers without their capability are absent: reads of a hole return 0, and writes have no effect. Memory type
/// range registers and performance monitoring are not described. Immutable, so safe for all threads.
/// </remarks>
public sealed class RegisterFile
{
    private const int Granule = 4;
    private readonly PlacedRegister?[] _byGranule;

    /// <summary>Places the registers of a unit with capabilities.</summary>
    /// <exception cref="InvalidOperationException">Two registers overlap: CAP.FRO or ECAP.IRO points into other
    /// registers.</exception>
    public RegisterFile(in VtdCapabilities capabilities)
        : this(RegisterTable.All, capabilities)
    {
    }

    internal RegisterFile(ImmutableArray<RegisterDescription> descriptions, in VtdCapabilities capabilities)
    {
        Registers = Place(descriptions, capabilities);
        Size = Registers.Max(register => register.End);
        _byGranule = ByGranule(Registers, Size);
    }

    /// <summary>The registers of this unit.</summary>
    public ImmutableArray<PlacedRegister> Registers { get; }

    /// <summary>The offset in bytes after the last register.</summary>
    public int Size { get; }

    /// <summary>Returns the register that has the byte at an offset, or null in a hole. For a 64-bit register both halves find it.</summary>
    /// <param name="offset">In bytes from the base of the unit's registers; any value.</param>
    public PlacedRegister? Find(int offset)
    {
        uint granule = (uint)offset / Granule;
        return granule < (uint)_byGranule.Length ? _byGranule[granule] : null;
    }

    private static ImmutableArray<PlacedRegister> Place(
        ImmutableArray<RegisterDescription> descriptions,
        in VtdCapabilities capabilities)
    {
        var placed = ImmutableArray.CreateBuilder<PlacedRegister>();
        foreach (RegisterDescription description in descriptions)
        {
            if (capabilities.Meets(description.Needs))
                Place(description, capabilities, placed);
        }

        return placed.ToImmutable();
    }

    private static void Place(
        RegisterDescription description,
        in VtdCapabilities capabilities,
        ImmutableArray<PlacedRegister>.Builder placed)
    {
        bool record = description.RelativeTo == RegisterBase.FaultRecords;
        int copies = record ? capabilities.NumberOfFaultRecords : 1;
        int start = BaseOf(description.RelativeTo, capabilities) + description.Offset;
        for (int index = 0; index < copies; index++)
            placed.Add(new PlacedRegister(description, start + (index * RegisterTable.FaultRecordSize), index, capabilities));
    }

    private static int BaseOf(RegisterBase relativeTo, in VtdCapabilities capabilities) => relativeTo switch
    {
        RegisterBase.Iotlb => capabilities.IotlbOffset,
        RegisterBase.FaultRecords => capabilities.FaultRecordOffset,
        _ => 0,
    };

    private static PlacedRegister?[] ByGranule(ImmutableArray<PlacedRegister> registers, int size)
    {
        var byGranule = new PlacedRegister?[size / Granule];
        foreach (PlacedRegister register in registers)
        {
            for (int granule = register.Offset / Granule; granule < register.End / Granule; granule++)
                byGranule[granule] = byGranule[granule] is { } other ? throw Overlap(register, other) : register;
        }

        return byGranule;
    }

    private static InvalidOperationException Overlap(PlacedRegister one, PlacedRegister other) =>
        new($"{one} overlaps {other}. CAP.FRO, CAP.NFR and ECAP.IRO place registers: change what points into others.");
}
