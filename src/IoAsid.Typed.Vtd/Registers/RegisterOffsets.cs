namespace IoAsid.Typed.Vtd;

/// <summary>The offsets of registers, in bytes from the base of the unit's registers. ECAP.IRO and CAP.FRO have the offsets of IVA, IOTLB and FRCD.</summary>
public static class RegisterOffsets
{
    /// <summary>VER.</summary>
    public const int Version = 0x000;
    /// <summary>CAP.</summary>
    public const int Capability = 0x008;
    /// <summary>ECAP.</summary>
    public const int ExtendedCapability = 0x010;
    /// <summary>GCMD.</summary>
    public const int GlobalCommand = 0x018;
    /// <summary>GSTS.</summary>
    public const int GlobalStatus = 0x01C;
    /// <summary>RTADDR.</summary>
    public const int RootTableAddress = 0x020;
    /// <summary>CCMD.</summary>
    public const int ContextCommand = 0x028;
    /// <summary>FSTS.</summary>
    public const int FaultStatus = 0x034;
    /// <summary>FECTL.</summary>
    public const int FaultEventControl = 0x038;
    /// <summary>FEDATA.</summary>
    public const int FaultEventData = 0x03C;
    /// <summary>FEADDR.</summary>
    public const int FaultEventAddress = 0x040;
    /// <summary>FEUADDR.</summary>
    public const int FaultEventUpperAddress = 0x044;
    /// <summary>AFLOG.</summary>
    public const int AdvancedFaultLog = 0x058;
    /// <summary>PMEN.</summary>
    public const int ProtectedMemoryEnable = 0x064;
    /// <summary>PLMBASE.</summary>
    public const int ProtectedLowMemoryBase = 0x068;
    /// <summary>PLMLIMIT.</summary>
    public const int ProtectedLowMemoryLimit = 0x06C;
    /// <summary>PHMBASE.</summary>
    public const int ProtectedHighMemoryBase = 0x070;
    /// <summary>PHMLIMIT.</summary>
    public const int ProtectedHighMemoryLimit = 0x078;
    /// <summary>IQH.</summary>
    public const int InvalidationQueueHead = 0x080;
    /// <summary>IQT.</summary>
    public const int InvalidationQueueTail = 0x088;
    /// <summary>IQA.</summary>
    public const int InvalidationQueueAddress = 0x090;
    /// <summary>ICS.</summary>
    public const int InvalidationCompletionStatus = 0x09C;
    /// <summary>IECTL.</summary>
    public const int InvalidationEventControl = 0x0A0;
    /// <summary>IEDATA.</summary>
    public const int InvalidationEventData = 0x0A4;
    /// <summary>IEADDR.</summary>
    public const int InvalidationEventAddress = 0x0A8;
    /// <summary>IEUADDR.</summary>
    public const int InvalidationEventUpperAddress = 0x0AC;
    /// <summary>IQERCD.</summary>
    public const int InvalidationQueueErrorRecord = 0x0B0;
    /// <summary>IRTA.</summary>
    public const int InterruptRemappingTableAddress = 0x0B8;
    /// <summary>PQH.</summary>
    public const int PageRequestQueueHead = 0x0C0;
    /// <summary>PQT.</summary>
    public const int PageRequestQueueTail = 0x0C8;
    /// <summary>PQA.</summary>
    public const int PageRequestQueueAddress = 0x0D0;
    /// <summary>PRS.</summary>
    public const int PageRequestStatus = 0x0DC;
    /// <summary>PECTL.</summary>
    public const int PageRequestEventControl = 0x0E0;
    /// <summary>PEDATA.</summary>
    public const int PageRequestEventData = 0x0E4;
    /// <summary>PEADDR.</summary>
    public const int PageRequestEventAddress = 0x0E8;
    /// <summary>PEUADDR.</summary>
    public const int PageRequestEventUpperAddress = 0x0EC;
    /// <summary>ECMD.</summary>
    public const int EnhancedCommand = 0x400;
    /// <summary>ECEO.</summary>
    public const int EnhancedCommandOperand = 0x408;
    /// <summary>ECRSP.</summary>
    public const int EnhancedCommandResponse = 0x410;
    /// <summary>ECCAP.</summary>
    public const int EnhancedCommandCapability = 0x430;
    /// <summary>VCMD.</summary>
    public const int VirtualCommand = 0xE00;
    /// <summary>VCMD_EO.</summary>
    public const int VirtualCommandOperand = 0xE08;
    /// <summary>VCRSP.</summary>
    public const int VirtualCommandResponse = 0xE10;
    /// <summary>VCCAP.</summary>
    public const int VirtualCommandCapability = 0xE30;
}
