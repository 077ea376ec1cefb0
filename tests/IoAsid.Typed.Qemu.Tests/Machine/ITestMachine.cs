using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A machine that scenarios run on: QEMU's, or the emulated one.</summary>
internal interface ITestMachine : IDisposable
{
    /// <summary>The interfaces of the machine for its driver.</summary>
    IPlatform Platform { get; }

    /// <summary>The capabilities of the unit.</summary>
    VtdCapabilities Capabilities { get; }

    /// <summary>The width of physical addresses.</summary>
    int HostAddressWidth { get; }

    /// <summary>Gets a value indicating whether the unit needs AW in first-stage entries, although the architecture reserves it there.</summary>
    bool NeedsFirstStageAddressWidth { get; }

    /// <summary>The devices that write a word to an address of the test.</summary>
    IReadOnlyList<IProbe> Probes { get; }

    /// <summary>Runs code of the processor until it is complete.</summary>
    void Run(Func<Task> work);
}
