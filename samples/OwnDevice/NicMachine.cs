using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Testing;
using IoAsid.Typed.Vtd;

namespace OwnDevice;

/// <summary>A machine with one VT-d unit, the network card behind it, and a checker on the unit.</summary>
public sealed class NicMachine : IDisposable
{
    /// <summary>Creates the machine.</summary>
    /// <param name="seed">The seed, which fixes the run.</param>
    /// <param name="options">The size of the card; null for the defaults.</param>
    public NicMachine(ulong seed, NicOptions? options = null)
    {
        Machine = new EmulatedMachine(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = seed },
            Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = VtdCapabilities.Everything })],
        });
        Nic = Machine.AddFunction(0, new RequesterId(0, 3, 0), context => new EmulatedNic(context, options));
        Checker = MachineChecker.Watch(Machine);
    }

    /// <summary>The machine, which drivers use as an <see cref="IPlatform"/>.</summary>
    public EmulatedMachine Machine { get; }

    /// <summary>The card.</summary>
    public EmulatedNic Nic { get; }

    /// <summary>The checker.</summary>
    public MachineChecker Checker { get; }

    /// <summary>Runs code of a driver until it is complete, and then the remaining work of hardware.</summary>
    public void Run(Func<Task> work)
    {
        Machine.Run(work);
        Machine.Run();
    }

    /// <inheritdoc/>
    public void Dispose() => Checker.Dispose();
}
