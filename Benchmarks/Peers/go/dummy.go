package main

import (
	"context"
	"database/sql/driver"
	"errors"
)

var errDummy = errors.New("a connection to nothing")

// A connection to nothing, and who makes it.
type dummyConnector struct{}

func (dummyConnector) Connect(context.Context) (driver.Conn, error) { return &dummyConnection{}, nil }
func (dummyConnector) Driver() driver.Driver                        { return dummyDriver{} }

type dummyDriver struct{}

func (dummyDriver) Open(string) (driver.Conn, error) { return &dummyConnection{}, nil }

type dummyConnection struct{ _ int }

func (*dummyConnection) Prepare(string) (driver.Stmt, error) { return nil, errDummy }
func (*dummyConnection) Begin() (driver.Tx, error)           { return nil, errDummy }
func (*dummyConnection) Close() error                        { return nil }
