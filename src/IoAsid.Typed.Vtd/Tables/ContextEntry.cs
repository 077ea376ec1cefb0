namespace IoAsid.Typed.Vtd;

/// <summary>A legacy context entry, indexed by device and function (VT-d, Context Entry).</summary>
[BitLayout("Context entry", 128)]
public readonly partial record struct ContextEntry
{
    /// <summary>P: the entry is present. Otherwise only FPD is valid.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>FPD: qualified faults of this device are not recorded, also if the entry is not present.</summary>
    [Bits("FPD", 1)] public partial bool FaultProcessingDisable { get; init; }

    /// <summary>TT: which requests are translated, and how.</summary>
    [Bits("TT", 2, 3)] public partial TranslationType TranslationType { get; init; }

    /// <summary>SSPTPTR (older: SLPTPTR): the address of the top second-stage table, a multiple of 4096.</summary>
    [Bits("SSPTPTR", 12, 63, Content = FieldContent.HostAddress)] public partial ulong SecondStageTable { get; init; }

    /// <summary>AW: the width of second-stage input addresses.</summary>
    [Bits("AW", 64, 66)] public partial AddressWidth AddressWidth { get; init; }

    /// <summary>Bits 70:67: ignored by hardware, free for software.</summary>
    [Bits("AVAIL", 67, 70)] public partial byte Available { get; init; }

    /// <summary>DID: the domain that cached translations are tagged with.</summary>
    [Bits("DID", 72, 87)] public partial DomainId DomainId { get; init; }

    /// <summary>Returns the bits that must be zero in a present entry.</summary>
    /// <param name="capabilities">The capabilities of the unit. CAP.ND determines the width of DID.</param>
    public static Bits128 ReservedMask(in VtdCapabilities capabilities)
    {
        Bits128 mask = Layout.ReservedMask<Bits128>(capabilities);
        return mask with { High = mask.High | (capabilities.AbsentDomainIdBits << 8) };
    }
}

/// <summary>TT of a legacy context entry: which requests are translated, and how.</summary>
public enum TranslationType
{
    /// <summary>Untranslated requests go through the second stage; translation requests and translated requests are blocked.</summary>
    UntranslatedOnly = 0,
    /// <summary>As <see cref="UntranslatedOnly"/>, and translation requests and translated requests are served. Needs ECAP.DT.</summary>
    AllRequests = 1,
    /// <summary>Untranslated requests pass through; others are blocked. Needs ECAP.PT.</summary>
    PassThrough = 2,
}
