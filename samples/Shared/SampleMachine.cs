using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>A machine with one VT-d unit, DMA engines behind it, and a checker that observes the unit.</summary>
public sealed class SampleMachine : IDisposable
{
    private readonly UnitChecker _checker;

    /// <param name="seed">The seed, which fixes the order of all steps. The same seed gives the same run on any machine.</param>
    /// <param name="engines">The engines, at 00:02.0, 00:03.0 and so on.</param>
    public SampleMachine(ulong seed, params IReadOnlyList<DmaEngineOptions> engines)
    {
        Hardware = new EmulatedMachine(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = seed },
            Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = Capabilities })],
        });
        Engines = [.. engines.Select((options, number) => Hardware.AddFunction(
            0, new RequesterId(0, 2 + number, 0), context => new EmulatedDmaEngine(context, options)))];
        _checker = UnitChecker.Watch(Hardware.Units[0]);
    }

    /// <summary>The machine. Drivers use it as an <see cref="IPlatform"/>; its other members are for observation.</summary>
    public EmulatedMachine Hardware { get; }

    /// <summary>The engines.</summary>
    public IReadOnlyList<EmulatedDmaEngine> Engines { get; }

    // The capabilities that SVA, auxiliary domains and guests need.
    private static VtdCapabilities Capabilities => new(
        new CapabilityRegister
        {
            NumberOfDomains = 6,
            SupportedAddressWidths = 0b0110,
            MaximumGuestAddressWidth = 47,
            FaultRecordOffset = 0x22,
            NumberOfFaultRecords = 7,
            SecondStageLargePages = 0b11,
            PageSelectiveInvalidation = true,
            MaximumAddressMask = 18,
            SetRootTableFlushes = true,
        },
        new ExtendedCapabilityRegister
        {
            QueuedInvalidation = true,
            DeviceTlb = true,
            IotlbOffset = 0x50,
            Nested = true,
            PageRequests = true,
            PasidSize = 19,
            Pasid = true,
            PageRequestDrain = true,
            ScalableMode = true,
            SecondStage = true,
            FirstStage = true,
            PageWalkCoherency = true,
            ScalablePageWalkCoherency = true,
            RidPasid = true,
        },
        HostAddressWidth: 48,
        VtdRevision.Four1);

    /// <summary>Runs code on the processor, and then the remaining work of hardware.</summary>
    public void Run(Func<Task> work)
    {
        Hardware.Run(work);
        Hardware.Run();
    }

    /// <summary>Returns the report of the checker, which detects errors that no single part can see.</summary>
    public IReadOnlyList<string> Verdict()
    {
        _checker.FindMissingResponses();
        string[] harm = [.. _checker.Harmful.Select(finding => finding.ToString())];
        return harm.Length > 0
            ? harm
            : ["the checker: no stale translation used, no PASID reused before its drain, no page request without a response"];
    }

    public void Dispose() => _checker.Dispose();
}
