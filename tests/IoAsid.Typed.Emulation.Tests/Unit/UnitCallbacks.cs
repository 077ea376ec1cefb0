namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The actions of a test for the notifications of a unit.</summary>
internal sealed class UnitCallbacks : IUnitObserver
{
    private Action<UnitEvent>? _onEvent;
    private Action<TableAccess>? _onTableAccess;
    private Action<string>? _onMisuse;

    /// <summary>Calls an action for each event, until the returned object is disposed.</summary>
    public static IDisposable OnEvent(VtdUnit unit, Action<UnitEvent> action) => unit.Observe(new UnitCallbacks { _onEvent = action });

    /// <summary>Calls an action before each memory transaction on a table, until the returned object is disposed.</summary>
    public static IDisposable OnTableAccess(VtdUnit unit, Action<TableAccess> action) => unit.Observe(new UnitCallbacks { _onTableAccess = action });

    /// <summary>Calls an action for each report of misuse, until the returned object is disposed.</summary>
    public static IDisposable OnMisuse(VtdUnit unit, Action<string> action) => unit.Observe(new UnitCallbacks { _onMisuse = action });

    void IUnitObserver.Raised(in UnitEvent raised) => _onEvent?.Invoke(raised);

    void IUnitObserver.TableAccessing(TableAccess access) => _onTableAccess?.Invoke(access);

    void IUnitObserver.MisuseReported(string text) => _onMisuse?.Invoke(text);
}
