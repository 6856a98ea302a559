// Command barefiber is the baseline of edgesignal's benchmarks: the same HTTP
// library, with a handler that does nothing but answer bytes that it has.
//
//	barefiber ADDR FILE...    answers /0, /1, ... with the files' bytes
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/gofiber/fiber/v2"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "barefiber: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("an address and files are expected")
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	for i, file := range args[1:] {
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		app.All("/"+strconv.Itoa(i), func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
			return c.Send(body)
		})
	}
	return app.Listen(args[0])
}
