using System.Numerics;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Finds options that no unit can have, and says which capability and which bit.</summary>
internal static class UnitOptionsCheck
{
    public static void Check(UnitOptions options)
    {
        CheckCapacity(options.IotlbCapacity, nameof(UnitOptions.IotlbCapacity));
        CheckCapacity(options.ContextCapacity, nameof(UnitOptions.ContextCapacity));
        Require(options.InvalidationTimeout > TimeSpan.Zero, $"{nameof(UnitOptions.InvalidationTimeout)} must be positive.");
        Require(
            options.RefusalCode != PageRequestResponseCode.Success,
            $"{nameof(UnitOptions.RefusalCode)} must not be success: a device would try the refused request again, for ever.");
        Require(
            options.VirtualCommandPasids is > 0 and < 1 << 20,
            $"{nameof(UnitOptions.VirtualCommandPasids)} must be 1 to 0xFFFFF: PASIDs have 20 bits, and 0 is not given out.");
        CheckCapabilities(options.Capabilities);
        CheckPlacement(options);
    }

    private static void CheckCapabilities(in VtdCapabilities capabilities)
    {
        Require(capabilities.HostAddressWidth is >= 32 and <= 52, "The host address width must be 32 to 52 bits.");
        Require(
            capabilities.SupportedAdjustedGuestWidths != 0 || !NeedsSecondStage(capabilities),
            "CAP.SAGAW (12:8) names no address width, and legacy mode or ECAP.SLTS (46) needs one: bit 1 is 39 bits, 2 is 48, 3 is 57.");
        Require(
            !capabilities.ScalableMode || capabilities.QueuedInvalidation,
            "ECAP.SMTS (43) is set without ECAP.QI (1): scalable mode is invalidated by the queue only.");
        Require(
            !capabilities.Nested || capabilities.FirstStage && capabilities.SecondStage,
            "ECAP.NEST (26) is set without both ECAP.FLTS (47) and ECAP.SLTS (46).");
        Require(!capabilities.Pasid || capabilities.ScalableMode, "ECAP.PASID (40) is set without ECAP.SMTS (43).");
        Require(
            !capabilities.PageRequests || capabilities.ScalableMode && capabilities.DeviceTlb,
            "ECAP.PRS (29) is set without both ECAP.SMTS (43) and ECAP.DT (2).");
        Require(!capabilities.FiveLevelPaging || capabilities.FirstStage, "CAP.FL5LP (60) is set without ECAP.FLTS (47).");
        CheckLeftOut(capabilities);
    }

    private static void CheckLeftOut(in VtdCapabilities capabilities)
    {
        CapabilityRegister capability = capabilities.Capability;
        LeftOut(capabilities.InterruptRemapping, "ECAP.IR (3)", "interrupt remapping");
        LeftOut(capability.PostedInterrupts, "CAP.PI (59)", "interrupt posting");
        LeftOut(capability.AdvancedFaultLog, "CAP.AFL (3)", "advanced fault log");
        LeftOut(capability.ProtectedLowMemory, "CAP.PLMR (5)", "protected memory regions");
        LeftOut(capability.ProtectedHighMemory, "CAP.PHMR (6)", "protected memory regions");
        LeftOut(capability.EnhancedCommands, "CAP.ECMDS (61)", "enhanced commands");
    }

    private static void LeftOut(bool wanted, string bit, string what) =>
        Require(!wanted, $"{bit} is set: this unit has no {what}. Clear the bit.");

    private static void CheckPlacement(UnitOptions options)
    {
        try
        {
            _ = new RegisterFile(options.Capabilities);
        }
        catch (InvalidOperationException overlap)
        {
            throw new ArgumentException(overlap.Message, nameof(options), overlap);
        }
    }

    private static bool NeedsSecondStage(in VtdCapabilities capabilities) => !capabilities.ScalableMode || capabilities.SecondStage;

    private static void CheckCapacity(int capacity, string name) => Require(
        capacity is >= 4 and <= 1 << 20 && BitOperations.IsPow2(capacity), $"{name} must be a power of two from 4 to 2^20; it is {capacity}.");

    private static void Require(bool options, string otherwise)
    {
        if (!options)
            throw new ArgumentException(otherwise, nameof(options));
    }
}
